// The cluster view's words: the same person has one colour, counts are honest, names are whole.
import { expect, test } from 'vitest'
import { gpuFixture, holderFixture, inventoryFixture } from '../../../e2e/fakes/inventory-states.ts'
import { gpuFacts, gpuName, holderColour, initials, nodeSlices, nodeState, sliceName, summary } from './words.ts'

test('a person keeps one colour of the eight, and people are spread over all of them', () => {
  expect(holderColour('bob')).toBe(holderColour('bob'))
  const many = Array.from({ length: 400 }, (_, n) => holderColour(`person-${n}`))
  for (const colour of [1, 2, 3, 4, 5, 6, 7, 8]) expect(many.filter((c) => c === colour).length).toBeGreaterThan(20)
  expect(Math.min(...many)).toBe(1)
  expect(Math.max(...many)).toBe(8)
})

test.each([
  ['bob', 'BO'],
  ['jane.doe@lab.example', 'JD'],
  ['team-render', 'TR'],
  ['émile', 'ÉM'],
  ['', '?'],
])('%s is marked %s', (person, letters) => expect(initials(person)).toBe(letters))

test('a GPU is called by its number where it is told, else by its place', () => {
  const gpu = gpuFixture('gpu-a', '3', 'NVIDIA-RTX-6000-Ada', 'bob -')
  expect(gpuName(gpu, 0)).toBe('GPU 3')
  expect(gpuName({ ...gpu, id: 'GPU-4d3c' }, 1)).toBe('GPU 1')
  expect(gpuFacts(gpu)).toBe('RTX 6000 Ada, 48 GB')
  expect(gpuFacts({ id: '0', slices: [] })).toBe('')
})

test('each slice has a whole name', () => {
  const { slices } = gpuFixture('gpu-a', '0', 'L40S', 'bob - x ~mia', ['Blender'])
  expect(slices.map((slice, at) => sliceName(slice, 'GPU 0 on gpu-a', at))).toEqual([
    'Slice 1 of GPU 0 on gpu-a: bob, Blender',
    'Slice 2 of GPU 0 on gpu-a: free',
    'Slice 3 of GPU 0 on gpu-a: unhealthy',
    'Slice 4 of GPU 0 on gpu-a: releasing, was mia, Blender',
  ])
})

test('the sentence counts people, not desktops, and the marks of holders that are not placed', () => {
  const one = { ...holderFixture('ann'), since: 0, reason: 'No free slice.' }
  const node = {
    name: 'gpu-a',
    ready: true,
    schedulable: true,
    gpus: [gpuFixture('gpu-a', '0', 'L40S', 'bob ? - ~mia')],
    unplaced: [holderFixture('noor')],
  }
  expect(nodeSlices(node)).toEqual({ total: 4, used: 3 })
  const words = (waiting: (typeof one)[]): string => summary(inventoryFixture({ nodes: [node], waiting }))
  expect(words([])).toBe('3 of 4 slices in use. Nobody waits.')
  expect(words([one, { ...one, pod: 'other' }])).toBe('3 of 4 slices in use. 1 person waits.')
  expect(words([one, { ...one, person: 'ben' }])).toBe('3 of 4 slices in use. 2 people wait.')
})

test('a node says what is out of the ordinary', () => {
  const node = { name: 'n', ready: true, schedulable: true, gpus: [], unplaced: [] }
  expect(nodeState(node)).toEqual({ word: 'Ready', tone: 'good' })
  expect(nodeState({ ...node, schedulable: false })).toEqual({ word: 'Ready, cordoned', tone: 'warn' })
  expect(nodeState({ ...node, ready: false })).toEqual({ word: 'Not ready', tone: 'bad' })
  expect(nodeState({ ...node, gpus: [gpuFixture('n', '0', 'L40S', 'x')] }).word).toBe('Ready, 1 GPU unhealthy')
})
