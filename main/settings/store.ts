// What a person has set, in `<dataDir>/settings.json` (0600). An unreadable file is kept aside and the defaults are used;
// one broken value falls back alone; keys that this version does not know are kept for the version that does.
import { join } from 'node:path'
import { settingsSchema, type Settings, type SettingsPatch } from '../../shared/domain/settings.ts'
import { withLayout, type DesktopLayout } from '../../shared/domain/display-layout.ts'
import type { Clock } from '../app-host.ts'
import { keepAside, readJsonFile, writeFileAtomic } from '../atomic-file.ts'
import type { Logger } from '../logging/logger.ts'
import { MIGRATIONS, migrate, type Migration, type SettingsValues } from './migrations.ts'

export interface SettingsStoreOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Logger
  readonly migrations?: readonly Migration[] | undefined
}

type Changes = SettingsPatch & { readonly layouts?: Settings['layouts'] }

export interface SettingsStore {
  readonly current: Settings
  /** Changes what the patch names and writes it. @throws when it cannot be written; the old values then stay */
  set(patch: SettingsPatch): Promise<void>
  /** Changes parts of one desktop's layout. @throws as `set` */
  setLayout(sessionId: string, patch: DesktopLayout): Promise<void>
  /** @returns stops listening */
  onChange(listener: (settings: Settings) => void): () => void
}

/** Reads the settings once, at start. Never throws. */
export function openSettings(options: SettingsStoreOptions): SettingsStore {
  const { dataDir, clock, log, migrations = MIGRATIONS } = options
  const path = join(dataDir, 'settings.json')
  const listeners = new Set<(settings: Settings) => void>()
  let document = read()
  let current = settingsOf(document.values)
  let writing: Promise<void> = Promise.resolve()

  function read(): { readonly version: number; readonly values: SettingsValues } {
    const found = readJsonFile(path, clock.now())
    const latest = { version: migrations.length + 1, values: {} }
    if (found.state === 'absent') return latest
    const broken = found.state === 'broken' ? found : undefined
    if (!broken && found.state === 'read') {
      const parsed = asDocument(found.value)
      if (parsed) return migrate(parsed.version, parsed.values, migrations)
    }
    const reason = broken ?? keepAside(path, clock.now(), 'not a settings document')
    log.warn('the settings cannot be read; the defaults are used', { reason: reason.reason, aside: reason.aside ?? '' })
    return latest
  }

  async function write(patch: Changes): Promise<void> {
    const named = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    const next = { version: document.version, values: { ...document.values, ...named } }
    await writeFileAtomic(path, `${JSON.stringify(next, null, 2)}\n`)
    document = next
    current = settingsOf(next.values)
    for (const listener of listeners) listener(current)
  }

  /** One after the other: each patch builds on the one before it. */
  function inTurn(patch: () => Changes): Promise<void> {
    const done = writing.then(() => write(patch()))
    writing = done.catch(() => undefined)
    return done
  }

  return {
    get current() {
      return current
    },
    set: (patch) => inTurn(() => patch),
    setLayout: (sessionId, patch) => inTurn(() => ({ layouts: withLayout(current.layouts, sessionId, patch) })),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function asDocument(value: unknown): { readonly version: number; readonly values: SettingsValues } | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { version, values } = value as Readonly<Record<string, unknown>>
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return null
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return null
  return { version, values: values as SettingsValues }
}

/** Each value by itself: one that is broken takes its default and costs no other. */
function settingsOf(values: SettingsValues): Settings {
  const good = Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(Object.hasOwn(values, name) ? values[name] : undefined)
    return parsed.success ? [[name, parsed.data] as const] : []
  })
  return settingsSchema.parse(Object.fromEntries(good))
}
