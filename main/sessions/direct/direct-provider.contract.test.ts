// Direct mode, held to what every provider does.
import { afterEach } from 'vitest'
import { disposeAll, setUp } from '../testing/direct-world.ts'
import { providerContract } from '../testing/provider.contract.ts'

afterEach(disposeAll)
providerContract('direct mode', () => setUp())
