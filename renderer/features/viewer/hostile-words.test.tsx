// @vitest-environment happy-dom
// What a desktop says is shown as text: never as markup, never turned around, never a page long.
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { closeMeaning } from '../../../shared/selkies/g2/close-codes.ts'
import { parseRtcMessage } from '../../../shared/selkies/g2/server-messages.ts'
import { createStatsMeter, encoderFigures, NO_FIGURES as nothing } from './stats-meter.ts'
import { PRESET_QUALITY } from '../../../shared/domain/quality.ts'
import { Statistics } from './ui/statistics.tsx'
import { StatusCard } from './ui/status-cards.tsx'
import { createViewerStore } from './viewer-state.ts'

afterEach(cleanup)

const MARKUP = '<img src=x onerror=alert(1)>'
const none = () => undefined
/** A megabyte that begins with markup and would turn the line around. */
const hostile = `\u202e${MARKUP}\r\n${'x'.repeat(1_000_000)}`

it('a reason for the end', () => {
  const { sentence } = closeMeaning(4000, hostile, true)
  render(
    <StatusCard
      status={{ kind: 'ended', because: sentence, offer: 'reconnect' }}
      name="CAD"
      onClose={none}
      onAgain={none}
      onAllow={none}
      onStop={none}
      onAnyWay={none}
      onCheck={none}
      onTakeOver={none}
    />,
  )
  const [text] = screen.getAllByText((words) => words.startsWith(MARKUP))
  expect(text?.textContent).toHaveLength(200)
  expect(document.querySelector('img')).toBeNull()
})

it('the name of an encoder', () => {
  const message = parseRtcMessage(JSON.stringify({ type: 'stream_info', data: { encoder: hostile, hardware: 'no' } }))
  const figures = message.type === 'stream-info' ? encoderFigures(message.info, nothing) : nothing
  const counters = {
    path: null,
    via: null,
    framesDecoded: 0,
    framesDropped: 0,
    bytesReceived: 0,
    packetsLost: 0,
    packetsReceived: 0,
    rttMs: null,
    codec: null,
    decoder: null,
    hardware: null,
    decodeMs: 0,
    jitterBufferMs: 0,
    sound: { packets: 0, samples: 0, concealed: 0, waitedMs: 0, outputMs: null },
    unread: 0,
  }
  const meter = createStatsMeter()
  meter.take(counters, figures, null, 0)
  const stats = meter.take(counters, figures, null, 1000)
  const store = createViewerStore(0)
  store.setState({ stats })
  render(<Statistics store={store} quality={PRESET_QUALITY.balanced} onWatch={none} onCopy={none} onClose={none} />)
  const [text] = screen.getAllByText((words) => words.startsWith(MARKUP))
  expect(text?.textContent?.startsWith(`${MARKUP} xxx`)).toBe(true)
  expect(document.querySelector('img')).toBeNull()
  expect(document.body.textContent?.length).toBeLessThan(1000)
})
