import { expect, it } from 'vitest'
import { featuresOf } from '../../../shared/selkies/features.ts'
import { missingWords } from './feature-words.ts'

it('says what is missing, and nothing of 2.x', () => {
  expect(missingWords(featuresOf('selkies2'))).toEqual([])
  expect(missingWords(featuresOf('selkies1'))).toContain('Files and printing')
})
