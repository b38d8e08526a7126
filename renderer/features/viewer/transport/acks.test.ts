// Acknowledgements with a clock of their own.
import { expect, it } from 'vitest'
import { createAcks } from './acks.ts'

it('says the newest frame once, with the time it was held, and again as a heartbeat', () => {
  const acks = createAcks()
  expect(acks.due(0)).toBeNull()
  acks.arrived(7, 10)
  acks.arrived(8, 30)
  expect(acks.due(50)).toEqual({ frame: 8, heldMs: 20 })
  expect(acks.due(100)).toBeNull()
  // a second stripe of the same frame does not make it younger
  acks.arrived(8, 120)
  expect(acks.due(1000)).toBeNull()
  expect(acks.due(1060)).toEqual({ frame: 8, heldMs: 1030 })
  acks.reset()
  expect(acks.due(3000)).toBeNull()
})
