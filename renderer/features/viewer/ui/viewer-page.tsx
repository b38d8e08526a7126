// The viewer's page: the desktop edge to edge, and what steps in front of it for a moment.
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { ChordAction } from '../../../../shared/domain/chords.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../../shared/domain/settings.ts'
import { qualityOf } from '../../../../shared/domain/quality.ts'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import { useKeyLabels } from '../../../ui/key-labels.ts'
import { useDisplays } from '../displays/use-displays.ts'
import { pathWords, readPathsQuery } from '../transport/paths.ts'
import { createViewerSession } from '../viewer-session.ts'
import type { ViewerSession } from '../viewer-session-shape.ts'
import { createViewerStore, type ViewerState } from '../viewer-state.ts'
import { CaptureSign } from './capture-sign.tsx'
import { CheckCard } from './check-card.tsx'
import { DropSign } from './drop-sign.tsx'
import { FilesPanel } from './files-panel.tsx'
import { IdleNotice } from './idle-notice.tsx'
import { PadTest } from './pad-test.tsx'
import { PaperLines } from './paper-lines.tsx'
import { PoorLine } from './quality-menu.tsx'
import { Pill } from './pill.tsx'
import { SayLine, useSay } from './say-line.tsx'
import { SecondNotice } from './second-notice.tsx'
import { ShortcutsHelp } from './shortcuts-help.tsx'
import { Statistics } from './statistics.tsx'
import { StatusCard } from './status-cards.tsx'
import { TransferCard } from './transfer-list.tsx'
import { TypingCard } from './typing-card.tsx'
import styles from './viewer-page.module.css'
import { rich } from '../../../ui/rich-text.tsx'
import { number, t } from '../../../ui/translate.ts'

const PILL_MS = 2000

interface ViewerPageProps {
  readonly bridge: Bridge
  readonly sessionId: string
  /** The page's query: `paths=node,tunnel` (only these ways) and `mode=websocket`, for troubleshooting. */
  readonly query: URLSearchParams
}

/** One desktop in its window. */
export function ViewerPage({ bridge, sessionId, query }: ViewerPageProps): ReactNode {
  const stage = useRef<HTMLDivElement>(null)
  const toolbar = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const still = useRef<HTMLCanvasElement>(null)
  const audio = useRef<HTMLAudioElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const small = useRef<HTMLVideoElement>(null)
  const display = query.get('display') === 'display2' ? 'display2' : 'primary'
  const [session, setSession] = useState<ViewerSession | null>(null)
  const [waiting] = useState(() => createViewerStore(performance.now()))
  const state = useStore(session?.store ?? waiting)
  const settings = useSettings(bridge)
  const labels = useKeyLabels()
  const [statistics, setStatistics] = useState(false)
  const [testing, setTesting] = useState(false)
  const [filesShown, setFilesShown] = useState(false)
  const pill = usePill(settings.pillPinned)
  const [help, setHelp] = useState(false)
  const displays = useDisplays(bridge, sessionId, display, session, state, settings)
  const [checking, setChecking] = useState(false)
  const say = useSay(state.say)
  const chord = useRef<(action: ChordAction) => void>(() => undefined)

  useEffect(() => {
    const elements = {
      stage: stage.current,
      video: video.current,
      canvas: canvas.current,
      still: still.current,
      audio: audio.current,
      field: field.current,
      small: small.current,
    }
    if (!isComplete(elements)) return undefined
    const made = createViewerSession({
      bridge,
      sessionId,
      display,
      elements,
      paths: readPathsQuery(query.get('paths')),
      forceWebSocket: query.get('mode') === 'websocket',
      onChord: (action) => chord.current(action),
    })
    setSession(made)
    made.focus()
    return () => made.dispose()
  }, [bridge, sessionId, display, query])

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
          // after the render that lets it be focused
          requestAnimationFrame(() => toolbar.current?.querySelector('button')?.focus())
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
      data-path={state.path ?? ''}
      data-relay={state.relay ?? ''}
      data-mouse={state.mouse ?? ''}
      data-video-width={picture?.width ?? ''}
      data-video-height={picture?.height ?? ''}
    >
      <div
        ref={stage}
        className={styles['stage']}
        style={{ cursor: state.cursor }}
        aria-label={state.name}
        translate="no"
        role="application"
      >
        <textarea
          ref={field}
          className={styles['field']}
          aria-label={t('Keyboard of {name}', { name: state.name })}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        <video ref={video} className={styles['picture']} muted playsInline autoPlay disablePictureInPicture />
        <canvas ref={canvas} className={styles['picture']} />
        <canvas ref={still} className={styles['picture']} />
        <audio ref={audio} />
      </div>
      <video ref={small} hidden muted playsInline />
      {status.kind !== 'connected' && <div className={styles['dim']} />}
      {state.grabbed && say?.chord === 'grab' && <div className={styles['frame']} aria-hidden />}
      <div
        className={`${styles['edge']} ${state.grabbed ? styles['grabbed'] : ''}`}
        data-grabbed={state.grabbed}
        onPointerEnter={pill.show}
      />
      <div
        ref={toolbar}
        role="presentation"
        onKeyDown={(event) => {
          if (event.key === 'Escape') session?.focus()
        }}
        onPointerEnter={pill.hold}
        onPointerLeave={pill.show}
        onFocus={pill.hold}
        onBlur={pill.show}
      >
        <Pill
          state={state}
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
            if (action !== 'help') session?.focus()
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
            if (!busy) session?.focus()
          }}
        />
      </div>
      {session !== null && filesShown && (
        <FilesPanel
          state={state}
          files={session.files}
          onClose={() => {
            setFilesShown(false)
            session.focus()
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
          session?.focus()
        }}
        onDismiss={(name) => {
          session?.papers.dismiss(name)
          session?.focus()
        }}
      />
      {statistics && (
        <Statistics
          state={state}
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
            session?.focus()
          }}
        />
      )}
      {settings.statsLine && !statistics && <StatsLine state={state} />}
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
            session?.focus()
          }}
        />
      )}
      <CaptureSign state={state} sound={session?.sound} onDone={() => session?.focus()} />
      {checking && session !== null && (
        <CheckCard
          run={session.checkConnection}
          onClose={() => {
            setChecking(false)
            session.focus()
          }}
          onCopy={copy}
        />
      )}
      {status.kind === 'connected' && display === 'primary' && (
        <IdleNotice bridge={bridge} sessionId={sessionId} onDone={() => session?.focus()} />
      )}
      {status.kind === 'connected' && <SecondNotice displays={displays} />}
      <TypingCard
        typing={state.typing}
        onCancel={() => {
          session?.cancelTyping()
          session?.focus()
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

function StatsLine({ state }: { readonly state: ViewerState }): ReactNode {
  const { stats, path } = state
  if (stats === null) return null
  return (
    <div className={`${styles['stat']} ${styles['float']}`} data-stats="">
      <span>{rich('{value} fps', { value: <b>{number(stats.fps, 0)}</b> })}</span>
      <span>{rich('{value} Mbit/s', { value: <b>{number(stats.mbps, 1)}</b> })}</span>
      {stats.rttMs !== null && <span>{rich('{value} ms', { value: <b>{number(stats.rttMs, 0)}</b> })}</span>}
      {path !== null && <span>{pathWords(path, state.relay)}</span>}
    </div>
  )
}

interface PillControl {
  readonly visible: boolean
  /** Shows it for 2 s. */
  show(): void
  /** Shows it until `show` is called again. */
  hold(): void
  setBusy(busy: boolean): void
}

/** @param pinned it stays */
function usePill(pinned: boolean): PillControl {
  const [visible, setVisible] = useState(true)
  const [busy, setBusy] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const hold = useCallback(() => {
    clearTimeout(timer.current)
    setVisible(true)
  }, [])
  const show = useCallback(() => {
    clearTimeout(timer.current)
    setVisible(true)
    timer.current = setTimeout(() => setVisible(false), PILL_MS)
  }, [])
  useEffect(() => {
    show()
    return () => clearTimeout(timer.current)
  }, [show])
  return { visible: visible || busy || pinned, show, hold, setBusy }
}

function useSettings(bridge: Bridge): Settings {
  const [settings, setSettings] = useState(DEFAULT_SETTINGS)
  useEffect(() => bridge.subscribe('settings', setSettings), [bridge])
  return settings
}

function isComplete<T extends object>(elements: T): elements is { [K in keyof T]: NonNullable<T[K]> } {
  return Object.values(elements).every((element) => element !== null)
}
