import { expect, test } from 'vitest'
import { encoderOf } from './gpu-encoder.ts'

test.each([
  ['NVIDIA-A100-SXM4-80GB', 'none', 'certain'],
  ['A100-PCIE-40GB', 'none', 'certain'],
  ['NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'none', 'certain'],
  ['NVIDIA-H100-80GB-HBM3', 'none', 'certain'],
  ['NVIDIA-H100-NVL-SHARED', 'none', 'certain'],
  ['NVIDIA H200', 'none', 'certain'],
  ['NVIDIA-A30', 'none', 'likely'],
  ['NVIDIA-B200', 'none', 'likely'],
  ['NVIDIA-GH200-480GB', 'none', 'likely'],
  ['NVIDIA-L40S', 'uncapped', 'likely'],
  ['NVIDIA-L40S-SHARED', 'uncapped', 'likely'],
  ['NVIDIA L4', 'uncapped', 'likely'],
  ['NVIDIA-A10', 'uncapped', 'likely'],
  ['NVIDIA-A10G-SHARED', 'uncapped', 'likely'],
  ['NVIDIA-A16', 'uncapped', 'likely'],
  ['NVIDIA-A40', 'uncapped', 'likely'],
  ['Tesla-T4', 'uncapped', 'likely'],
  ['Tesla-V100-SXM2-16GB', 'uncapped', 'likely'],
  ['NVIDIA-RTX-6000-Ada-Generation', 'uncapped', 'likely'],
  ['NVIDIA-RTX-4000-SFF-Ada-Generation', 'uncapped', 'likely'],
  ['NVIDIA-RTX-A6000', 'uncapped', 'likely'],
  ['NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition', 'uncapped', 'likely'],
  ['Quadro-RTX-8000', 'uncapped', 'likely'],
  ['NVIDIA-T400-4GB', 'capped', 'likely'],
  ['Quadro-P620', 'capped', 'likely'],
])('%s: %s, %s', (product, kind, certainty) => {
  expect(encoderOf(product)).toMatchObject({ kind, certainty })
})

test.each(['NVIDIA-GeForce-RTX-4090', 'NVIDIA-GeForce-RTX-4090-SHARED', 'GeForce GTX 1080 Ti'])(
  '%s encodes a few at once',
  (product) => {
    expect(encoderOf(product)).toEqual({ kind: 'capped', most: 8, certainty: 'certain' })
  },
)

test.each([
  '',
  'AMD-Instinct-MI300X',
  'NVIDIA-A1000',
  'NVIDIA-RTX-A400',
  'NVIDIA-GeForce-MX150',
  'NVIDIA-H1000',
  'Orin',
])('%j is not guessed', (product) => {
  expect(encoderOf(product)).toEqual({ kind: 'unknown' })
})
