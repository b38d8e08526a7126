// The first line of every entry script: a wrong Node fails loudly, with the way out.

/** Ends the process with a sentence when this is not Node 24 or newer. npm brings Node 24 on Linux and Windows; a Mac needs an installed one. */
export function requireNode24(): void {
  if (Number(process.versions.node.split('.')[0]) >= 24) return
  console.error(
    `Node ${process.versions.node} is too old: Kasm Operator needs Node 24.\n` +
      (process.platform === 'darwin'
        ? 'Install Node 24 (for example from nodejs.org) and run the command again.'
        : 'Run it through npm ("npm start", "npm test"): `npm ci` installs Node 24 beside the project.'),
  )
  process.exit(1)
}
