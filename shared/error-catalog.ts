// Every error people can meet: code -> what happened, what to do next. `{name}` is filled in by whoever throws.
// Codes are stable: they stand in support requests and tests.

interface Entry {
  readonly sentence: string
  readonly nextStep: string
}

export const CATALOG = {
  internal: {
    sentence: 'Something went wrong in the app.',
    nextStep: 'Try again; if it stays, copy the details into a report.',
  },
  'bad-request': { sentence: 'The app asked for something it does not offer.', nextStep: 'Reload the window.' },
  'core-lost': {
    sentence: 'The page has lost the app behind it.',
    nextStep: 'It connects again by itself; if not, start the app and reload.',
  },
  cancelled: { sentence: 'Cancelled.', nextStep: 'Start it again when you want.' },

  'kubeconfig-missing': { sentence: 'The kubeconfig {file} is not there.', nextStep: 'Choose another file.' },
  'kubeconfig-empty': {
    sentence: '{file} is empty.',
    nextStep: 'Choose another file, or ask your admin for one.',
  },
  'kubeconfig-not-yaml': {
    sentence: '{file} is not a kubeconfig: it cannot be read as YAML.',
    nextStep: 'Choose another file.',
  },
  'kubeconfig-too-large': {
    sentence: '{file} is larger than 2 MB, so it is not a kubeconfig.',
    nextStep: 'Choose another file.',
  },
  'kubeconfig-version': {
    sentence: '{file} has the version {version}, which this app does not know.',
    nextStep: 'Export it again as v1.',
  },
  'kubeconfig-no-context': {
    sentence: '{file} names no context to use.',
    nextStep: 'Set a current context, or choose another file.',
  },
  'kubeconfig-incomplete': {
    sentence: 'The context {context} names the {part} “{name}”, which the kubeconfig does not have.',
    nextStep: 'Export the kubeconfig again, or choose another file.',
  },
  'kubeconfig-bad-data': {
    sentence: 'The value of {field} in {file} cannot be used.',
    nextStep: 'Ask your admin for a new kubeconfig.',
  },
  'kubeconfig-file-reference': {
    sentence: 'The kubeconfig points to {path}, which cannot be read.',
    nextStep: 'Put the file there or embed its data.',
  },
  'kubeconfig-insecure': {
    sentence: 'The kubeconfig turns off the check of the server’s certificate.',
    nextStep: 'Ask your admin for the cluster’s CA certificate.',
  },
  'kubeconfig-plain-http': {
    sentence: 'The cluster’s address is plain http, so anyone could read your sign-in.',
    nextStep: 'Use an https address.',
  },
  'kubeconfig-auth-provider': {
    sentence: 'The kubeconfig signs in with an old provider ({name}) that is not supported.',
    nextStep: 'Use an exec plugin or a certificate.',
  },

  'plugin-not-allowed': {
    sentence: 'Signing in would run the program {command}.',
    nextStep: 'Allow it if you trust this kubeconfig.',
  },
  'plugin-missing': {
    sentence: 'The sign-in program {command} is not installed.',
    nextStep: 'Install it, then try again.',
  },
  'plugin-timeout': {
    sentence: 'The sign-in program {command} did not answer within {seconds} s.',
    nextStep: 'Run it in a terminal to see what it waits for.',
  },
  'plugin-output': {
    sentence: 'The sign-in program {command} answered with something that is not a credential.',
    nextStep: 'Run it in a terminal to see its answer.',
  },
  'plugin-failed': { sentence: 'The sign-in program {command} failed.', nextStep: 'Run it in a terminal to see why.' },

  'cluster-unknown': {
    sentence: 'This cluster is no longer in your kubeconfigs.',
    nextStep: 'Choose another cluster.',
  },
  'cluster-unreachable': {
    sentence: 'The cluster at {host} cannot be reached.',
    nextStep: 'Check your network or VPN; it connects by itself when the way is open.',
  },
  'cluster-slow': {
    sentence: 'The cluster at {host} does not answer in time.',
    nextStep: 'Wait: it connects by itself, or choose another cluster.',
  },
  'cluster-not-kubernetes': {
    sentence: 'The server at {host} is not a Kubernetes API server.',
    nextStep: 'Check the address in the kubeconfig.',
  },
  'cluster-certificate-untrusted': {
    sentence: 'The cluster’s certificate is not signed by the CA in your kubeconfig.',
    nextStep: 'Ask your admin for a new kubeconfig.',
  },
  'client-certificate-expired': {
    sentence: 'Your certificate for this cluster has expired.',
    nextStep: 'Ask your admin for a new kubeconfig.',
  },
  'signed-out': { sentence: 'Your sign-in has run out.', nextStep: 'Sign in again; your desktop keeps running.' },
  'cluster-forbidden': {
    sentence: 'You may not {verb} {resource} in the namespace {namespace}.',
    nextStep: 'Ask your admin for the rights of a desktop user.',
  },
  'no-namespace': {
    sentence: 'You may not start desktops in the namespace {namespace}.',
    nextStep: 'Name a namespace in which you may, or ask your admin.',
  },
  'not-admitted': {
    sentence: 'An admin has to add you first.',
    nextStep: 'Give your admin the name by which this cluster knows you: {username}',
  },
  'locked-out': {
    sentence: 'Your admin has locked you out of desktops in this cluster.',
    nextStep: 'Ask your admin; your homes are kept.',
  },

  'template-unknown': { sentence: 'This template is no longer offered.', nextStep: 'Choose another one.' },
  'template-invalid': {
    sentence: 'The template {name} is not valid: {problem}.',
    nextStep: 'Ask whoever wrote it to mend it.',
  },
  'template-not-allowed': {
    sentence: 'You may not use the template {name}.',
    nextStep: 'Choose another one, or ask your admin.',
  },
  'session-limit': {
    sentence: 'You have as many desktops as you may have.',
    nextStep: 'Stop or remove one that you do not need, or ask your admin for more.',
  },
  'inventory-forbidden': {
    sentence: 'You may not see the whole of this cluster.',
    nextStep: 'Ask an admin for the right to list and watch nodes and all pods.',
  },
  'stop-forbidden': {
    sentence: 'You may not stop desktops in the namespace {namespace}.',
    nextStep: 'Ask an admin for the right to delete pods there.',
  },
  'session-unknown': { sentence: 'This desktop no longer exists.', nextStep: 'Start a new one.' },
  'session-not-running': { sentence: 'This desktop is not running.', nextStep: 'Start it first.' },
  'home-in-use': {
    sentence: 'Your home for this template is in use by {session}{node}.',
    nextStep: 'Open that desktop, or stop it first.',
  },

  'operator-silent': {
    sentence: 'The cluster’s operator does not answer.',
    nextStep: 'Wait: it goes on by itself when the operator is back, or tell your admin.',
  },
  'start-no-slice': { sentence: 'No free GPU slice.', nextStep: 'Wait: it starts by itself, or start without GPU.' },
  'start-unschedulable': {
    sentence: 'No machine has room for this desktop.',
    nextStep: 'Wait: it starts by itself when there is room.',
  },
  'start-quota': {
    sentence: 'Your quota in this namespace is used up.',
    nextStep: 'Stop another desktop, or ask your admin for more.',
  },
  'start-image': {
    sentence: 'The image {image} cannot be fetched.',
    nextStep: 'Ask your admin to check its name and the registry.',
  },
  'start-image-name': {
    sentence: 'The image name {image} is not valid.',
    nextStep: 'Ask whoever wrote the template to mend it.',
  },
  'start-home-pending': {
    sentence: 'Your home is not there yet.',
    nextStep: 'Wait, or ask your admin whether the storage works.',
  },
  'start-crash': {
    sentence: 'The desktop ended right after its start.',
    nextStep: 'Try again; if it stays, show the log to your admin.',
  },
  'start-not-ready': {
    sentence: 'The desktop runs but its server does not answer.',
    nextStep: 'Wait a little, or cancel and try again.',
  },
  'start-runtime-class': {
    sentence: 'The cluster has no RuntimeClass {name}, which the template asks for.',
    nextStep: 'Ask your admin.',
  },
  'start-pod-security': {
    sentence: 'The namespace {namespace} allows only {level} desktops; this one needs more rights.',
    nextStep: 'Choose another desktop, or ask your admin for a namespace that allows it.',
  },
  'start-refused': { sentence: 'The cluster refuses this desktop.', nextStep: 'Show the details to your admin.' },
  'start-admission': { sentence: 'The machine refused the desktop after it was placed.', nextStep: 'Try again.' },
  'start-home-node': {
    sentence: 'Your home is on {node}, which has no {lack}.',
    nextStep: 'Wait: it starts by itself when something ends there.',
  },
  'start-node-lost': {
    sentence: 'The machine of this desktop does not answer.',
    nextStep: 'Wait: it comes back with the machine, or tell your admin.',
  },
  'start-evicted': {
    sentence: 'The machine stopped this desktop because it ran out of room.',
    nextStep: 'Start it again; your home is kept.',
  },
  'start-timeout': {
    sentence: 'The desktop did not start within {time}. {reason}',
    nextStep: 'Try again later; if it stays, show the details to your admin.',
  },
  'start-config': {
    sentence: 'The desktop’s settings in the cluster are not complete.',
    nextStep: 'Try again; if it stays, show the details to your admin.',
  },

  'door-closed': { sentence: 'The way to this desktop has been closed.', nextStep: 'Open the desktop again.' },
  'desktop-unreachable': {
    sentence: 'The desktop cannot be reached through the cluster.',
    nextStep: 'It is tried again by itself.',
  },
  'paper-gone': {
    sentence: 'The printed document is not there any more: it was taken already, or the desktop has ended.',
    nextStep: 'Print it once more.',
  },
  'paper-refused': {
    sentence: 'The desktop does not give its printed documents away.',
    nextStep: 'Ask whoever runs the desktop.',
  },
  'paper-too-large': {
    sentence: 'The printed document is larger than 128 MB.',
    nextStep: 'Print fewer pages at once.',
  },
  'paper-not-pdf': {
    sentence: 'What was printed is not a PDF, so it was not taken.',
    nextStep: 'Print it with the printer “Selkies” of the desktop.',
  },
  'paper-no-program': {
    sentence: 'No program of this computer opened the document.',
    nextStep: 'Save it, and open it from there.',
  },
  'paper-not-saved': {
    sentence: 'The document could not be written there.',
    nextStep: 'Choose another folder.',
  },
  'desktop-credential': {
    sentence: 'The desktop refused our credential.',
    nextStep: 'Stop the desktop and start it again.',
  },
  'media-blocked': {
    sentence: 'The network blocks every way to this desktop’s picture.',
    nextStep: 'Try WebSocket mode, or ask your admin about the relay.',
  },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof CATALOG
