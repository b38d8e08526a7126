// Settings: one page, searched by the field of the bar. Each change counts at once and is stored by the core.
import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings, SettingsPatch } from '../../../shared/domain/settings.ts'
import { PRODUCT_NAME } from '../../../shared/product.ts'
import { useActions } from '../../app/actions.ts'
import { useCarrier, usePage, useSettings, useStores } from '../../stores/hooks.ts'
import { matches } from '../../stores/search.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Select, Switch } from '../../ui/field.tsx'
import { SECTIONS, type SettingDefinition } from './definitions.ts'
import { ChordSetting } from './chord-setting.tsx'
import { NumberSetting } from './number-setting.tsx'
import styles from './settings.module.css'

export function SettingsPage(): ReactNode {
  const settings = useSettings()
  const query = usePage((state) => state.search)
  const { page } = useStores()
  if (settings === undefined) return <p role="status">Reading the settings…</p>
  const sections = SECTIONS.map(({ title, settings: all }) => ({
    title,
    shown: all.filter(({ name, about }) => matches(query, title, name, about)),
  })).filter(({ shown }) => shown.length > 0)
  const about = matches(query, 'About version', PRODUCT_NAME)
  return (
    <div className={styles['page']}>
      {sections.map(({ title, shown }) => (
        <section key={title} aria-labelledby={`settings-${title}`}>
          <h2 className={styles['title']} id={`settings-${title}`}>
            {title}
          </h2>
          <div className={styles['list']}>
            {shown.map((definition) => (
              <SettingRow key={definition.key} definition={definition} settings={settings} />
            ))}
          </div>
        </section>
      ))}
      {about ? <About /> : null}
      {sections.length === 0 && !about ? (
        <EmptyState
          icon={<Search size={20} />}
          title={`No setting is called “${query}”`}
          text="Try another word."
          actions={<Button onClick={() => page.setState({ search: '' })}>Clear search</Button>}
        />
      ) : null}
    </div>
  )
}

interface RowProps {
  readonly definition: SettingDefinition
  readonly settings: Settings
}

function SettingRow({ definition, settings }: RowProps): ReactNode {
  const { key, name, about } = definition
  return (
    <div className={styles['row']} data-setting={key}>
      <div className={styles['words']}>
        <p className={styles['name']} id={`setting-${key}`}>
          {name}
        </p>
        <p className={styles['about']} id={`setting-${key}-about`}>
          {about}
        </p>
      </div>
      <Control definition={definition} settings={settings} />
    </div>
  )
}

function Control({ definition, settings }: RowProps): ReactNode {
  const actions = useActions()
  const { key } = definition
  const tied = { 'aria-labelledby': `setting-${key}`, 'aria-describedby': `setting-${key}-about` }
  const set = (value: Settings[keyof Settings]): void => void actions.set({ [key]: value } as SettingsPatch)
  switch (definition.kind) {
    case 'switch':
      return <Switch {...tied} checked={settings[definition.key]} onChange={set} />
    case 'number':
      return <NumberSetting tied={tied} definition={definition} value={settings[definition.key]} onChange={set} />
    case 'chord':
      return <ChordSetting tied={tied} value={settings[definition.key]} onChange={set} />
    default:
      return (
        <Select<string>
          {...tied}
          value={settings[definition.key]}
          options={definition.options}
          onChange={(value) => set(value as Settings[keyof Settings])}
        />
      )
  }
}

function About(): ReactNode {
  const { info } = useCarrier()
  return (
    <section aria-labelledby="settings-about">
      <h2 className={styles['title']} id="settings-about">
        About
      </h2>
      <div className={styles['list']}>
        <dl className={styles['facts']}>
          <div>
            <dt>App</dt>
            <dd>{PRODUCT_NAME}</dd>
          </div>
          <div>
            <dt>Version</dt>
            <dd className="num">{info?.version ?? '–'}</dd>
          </div>
          <div>
            <dt>Runs</dt>
            <dd>
              {info === undefined ? '–' : info.host === 'electron' ? 'as an app' : 'in the browser'}
              {info === undefined ? null : `, on ${info.platform}`}
            </dd>
          </div>
          {info?.hostNote === undefined ? null : (
            <div>
              <dt>Note</dt>
              <dd>{info.hostNote}</dd>
            </div>
          )}
        </dl>
      </div>
    </section>
  )
}
