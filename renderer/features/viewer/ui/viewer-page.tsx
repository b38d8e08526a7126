// The viewer's page: the desktop edge to edge, and what steps in front of it for a moment.
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { chordKeys, chordText, type ChordAction } from '../../../../shared/domain/chords.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../../shared/domain/settings.ts'
import { qualityOf } from '../../../../shared/domain/quality.ts'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import { useKeyLabels } from '../../../ui/key-labels.ts'
import { useDisplays } from '../displays/use-displays.ts'
import { createViewerStore, withoutFigures } from '../viewer-state.ts'
import { CaptureSign } from './capture-sign.tsx'
import { CheckCard } from './check-card.tsx'
import { DropSign } from './drop-sign.tsx'
import { FilesPanel } from './files-panel.tsx'
import { IdleNotice } from './idle-notice.tsx'
import { PadTest } from './pad-test.tsx'
import { PaperLines } from './paper-lines.tsx'
import { PoorLine } from './poor-line.tsx'
import { MissingPill } from './missing-pill.tsx'
import { SayLine, useSay } from './say-line.tsx'
import { SecondNotice } from './second-notice.tsx'
import { ShortcutsHelp } from './shortcuts-help.tsx'
import { Statistics } from './statistics.tsx'
import { StatsLine } from './stats-line.tsx'
import { StatusCard } from './status-cards.tsx'
import { TransferCard } from './transfer-list.tsx'
import { TypingCard } from './typing-card.tsx'
import { usePill } from './use-pill.ts'
import { useViewerSession } from './use-viewer-session.ts'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

// with its menus it takes a page 8 MB
const Pill = lazy(async () => {
  try {
    return { default: (await import('./pill.tsx')).Pill }
  } catch {
    // another version is served meanwhile, or nobody answers: the desktop goes on
    return { default: MissingPill }
  }
})

interface ViewerPageProps {
  readonly bridge: Bridge
  readonly sessionId: string
  /** The page's query: `paths=node,tunnel` (only these ways) and `mode=websocket`, for troubleshooting. */
  readonly query: URLSearchParams
}

/** One desktop in its window. */
export function ViewerPage({ bridge, sessionId, query }: ViewerPageProps): ReactNode {
  const display = query.get('display') === 'display2' ? 'display2' : 'primary'
  const chord = useRef<(action: ChordAction) => void>(() => undefined)
  const { refs, session } = useViewerSession({ bridge, sessionId, display, query, chord })
  const [waiting] = useState(() => createViewerStore(performance.now()))
  const store = session?.store ?? waiting
  const state = useStore(store, useShallow(withoutFigures))
  const settings = useSettings(bridge)
  const labels = useKeyLabels()
  const [statistics, setStatistics] = useState(false)
  const [testing, setTesting] = useState(false)
  const [filesShown, setFilesShown] = useState(false)
  const pill = usePill(settings.pillPinned)
  const [calls, setCalls] = useState(0)
  const [help, setHelp] = useState(false)
  const displays = useDisplays(bridge, sessionId, display, session, state, settings)
  const [checking, setChecking] = useState(false)
  const say = useSay(state.say)

  const onAction = useCallback(
    (action: ChordAction) => {
      if (session === null) return
      switch (action) {
        case 'full-screen':
          void session.toggleFullScreen()
          break
        case 'grab':
          void session.setGrab(!session.store.getState().grabbed)
          break
        case 'mouse':
          void session.setRelativeMouse(session.store.getState().mouse === null)
          break
        case 'statistics':
          setStatistics((shown) => !shown)
          break
        case 'sound':
          session.set({ sound: !settings.sound })
          break
        case 'screenshot':
          void session.copyPicture()
          break
        case 'picture-in-picture':
          void session.toggleSmallPicture()
          break
        case 'help':
          setHelp((shown) => !shown)
          break
        case 'pill':
          pill.hold()
          setCalls((before) => before + 1)
          break
      }
    },
    [session, settings.sound, pill],
  )
  useEffect(() => {
    chord.current = onAction
  }, [onAction])
  useEffect(() => session?.testPads(testing), [session, testing])
  const title = display === 'primary' ? state.name : t('{name}, second display', { name: state.name })
  useEffect(() => {
    document.title = title
  }, [title])

  const onWatch = useCallback((on: boolean) => session?.watchStatistics(on), [session])
  const quality = qualityOf(settings.desktopQuality, sessionId, settings)

  const { status, picture } = state
  /** What was in front of the picture is done: the keys are the desktop's again. */
  const back = (): void => session?.focus()
  const close = () => {
    session?.leave()
    window.close()
  }
  const copy = (report: string): void => {
    navigator.clipboard.writeText(report).then(
      () => session?.say({ icon: 'clipboard', text: t('Report copied') }),
      () => session?.say({ icon: 'clipboard', text: t('The browser refused its clipboard.') }),
    )
  }
  return (
    <main
      className={`${styles['view']} ${status.kind === 'connected' ? '' : styles['lost']}`}
      data-viewer=""
      data-state={status.kind}
      data-mode={state.mode ?? ''}
      data-surface={state.surface}
      data-path={state.path ?? ''}
      data-relay={state.relay ?? ''}
      data-mouse={state.mouse ?? ''}
      data-video-width={picture?.width ?? ''}
      data-video-height={picture?.height ?? ''}
    >
      <div
        ref={refs.stage}
        className={styles['stage']}
        style={{ cursor: state.cursor }}
        aria-label={state.name}
        aria-describedby="where-the-bar-is"
        translate="no"
        role="application"
      >
        <textarea
          ref={refs.field}
          className={styles['field']}
          aria-label={t('Keyboard of {name}', { name: state.name })}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        <div ref={refs.screens} className={styles['screens']} />
      </div>
      <p id="where-the-bar-is" hidden>
        {t('The toolbar is at the top edge, or: {keys}', {
          keys: chordKeys(chordText('pill', settings.releaseChord), labels).join(' '),
        })}
      </p>
      {status.kind !== 'connected' && <div className={styles['dim']} />}
      {state.grabbed && say?.chord === 'grab' && <div className={styles['frame']} aria-hidden />}
      <div
        className={`${styles['edge']} ${state.grabbed ? styles['grabbed'] : ''}`}
        data-grabbed={state.grabbed}
        onPointerEnter={pill.show}
      />
      {status.kind === 'connected' && !pill.used && <div className={styles['handle']} aria-hidden />}
      <div
        role="presentation"
        onKeyDown={(event) => {
          if (event.key === 'Escape') back()
        }}
        onPointerEnter={pill.hold}
        onPointerLeave={pill.show}
        onFocus={pill.hold}
        onBlur={pill.show}
      >
        {pill.used && (
          <Suspense>
            <Pill
              calls={calls}
              state={state}
              store={store}
              settings={settings}
              visible={pill.visible}
              statistics={statistics}
              quality={quality}
              qualityChosen={sessionId in settings.desktopQuality}
              onQuality={(next) => session?.setQuality(next)}
              labels={labels}
              onSendKeys={(keysyms) => session?.sendKeys(keysyms)}
              onTypeClipboard={() => void session?.typeClipboard()}
              onAllowClipboard={() => void session?.allowClipboard()}
              files={filesShown}
              onFiles={() => setFilesShown((shown) => !shown)}
              ways={() => session?.ways() ?? { chosen: 'auto', states: [] }}
              onChoosePath={(choice) => session?.choosePath(choice)}
              onCheck={() => setChecking(true)}
              onAction={(action) => {
                onAction(action)
                // the shortcuts take the focus themselves
                if (action !== 'help') back()
              }}
              onSet={(patch) => session?.set(patch)}
              displays={displays}
              onSavePicture={() => void session?.savePicture()}
              sound={session?.sound}
              onTestPads={() => setTesting(true)}
              onStop={() => void session?.stopDesktop()}
              onClose={close}
              onBusy={(busy) => {
                pill.setBusy(busy)
                if (!busy) back()
              }}
            />
          </Suspense>
        )}
      </div>
      {session !== null && filesShown && (
        <FilesPanel
          state={state}
          files={session.files}
          onClose={() => {
            setFilesShown(false)
            back()
          }}
        />
      )}
      {session !== null && !filesShown && (
        <TransferCard transfers={state.transfers} files={session.files} onShow={() => setFilesShown(true)} />
      )}
      <DropSign state={state} />
      <PaperLines
        papers={state.papers}
        onWish={(name, what) => {
          void session?.papers.wish(name, what)
          back()
        }}
        onDismiss={(name) => {
          session?.papers.dismiss(name)
          back()
        }}
      />
      {statistics && (
        <Statistics
          store={store}
          quality={quality}
          onWatch={onWatch}
          onClose={() => setStatistics(false)}
          onCopy={copy}
        />
      )}
      {status.kind === 'connected' && <PoorLine poor={state.quality.poor} />}
      {testing && (
        <PadTest
          pads={state.pads}
          onClose={() => {
            setTesting(false)
            back()
          }}
        />
      )}
      {settings.statsLine && !statistics && <StatsLine store={store} />}
      <StatusCard
        status={status}
        name={state.name}
        onClose={close}
        onAgain={() => session?.again()}
        onAllow={() => session?.allowOtherMode()}
        onStop={() => session?.stopTrying()}
        onAnyWay={() => session?.choosePath('auto')}
        onCheck={() => setChecking(true)}
        onTakeOver={(how) => session?.takeOver(how)}
      />
      {help && (
        <ShortcutsHelp
          release={settings.releaseChord}
          labels={labels}
          onClose={() => {
            setHelp(false)
            back()
          }}
        />
      )}
      <CaptureSign state={state} sound={session?.sound} onDone={back} />
      {checking && session !== null && (
        <CheckCard
          run={session.checkConnection}
          onClose={() => {
            setChecking(false)
            back()
          }}
          onCopy={copy}
        />
      )}
      {status.kind === 'connected' && display === 'primary' && (
        <IdleNotice bridge={bridge} sessionId={sessionId} onDone={back} />
      )}
      {status.kind === 'connected' && <SecondNotice displays={displays} />}
      <TypingCard
        typing={state.typing}
        onCancel={() => {
          session?.cancelTyping()
          back()
        }}
      />
      {status.kind === 'connected' && (
        <SayLine
          say={say}
          soundLocked={state.soundLocked && settings.sound}
          release={settings.releaseChord}
          labels={labels}
        />
      )}
    </main>
  )
}

function useSettings(bridge: Bridge): Settings {
  const [settings, setSettings] = useState(DEFAULT_SETTINGS)
  useEffect(() => bridge.subscribe('settings', setSettings), [bridge])
  return settings
}
