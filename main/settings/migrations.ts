// How a settings document of an older version becomes one of today. Numbered; each step is pure and never removed.

export type SettingsValues = Readonly<Record<string, unknown>>
/** Step `n` turns version `n + 1` into version `n + 2`. */
export type Migration = (values: SettingsValues) => SettingsValues

/** Version 1 is the first, so there is no step yet. */
export const MIGRATIONS: readonly Migration[] = []

/**
 * Brings values up to the version that the steps lead to; a newer document stays as it is, since its unknown values are kept.
 * @param version of the document
 * @returns values and the version to write
 */
export function migrate(
  version: number,
  values: SettingsValues,
  migrations: readonly Migration[] = MIGRATIONS,
): { readonly version: number; readonly values: SettingsValues } {
  const latest = migrations.length + 1
  if (version >= latest) return { version, values }
  const steps = migrations.slice(Math.max(0, version - 1))
  return { version: latest, values: steps.reduce((left, step) => step(left), values) }
}
