// Operator mode, held to what every provider does.
import { afterEach } from 'vitest'
import { disposeOperatorWorlds, setUpOperator } from '../testing/operator-world.ts'
import { providerContract } from '../testing/provider.contract.ts'

afterEach(disposeOperatorWorlds)
providerContract('operator mode', () => setUpOperator())
