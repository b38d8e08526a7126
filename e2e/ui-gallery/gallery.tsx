// The UI over set states, for looking at each of them: `?state=starting`. Never part of the product.
/// <reference types="vite/client" />
import '@fontsource-variable/inter/opsz.css'
import '@fontsource-variable/geist-mono'
import '../../renderer/ui/tokens.css'
import '../../renderer/ui/base.css'
import { createRoot } from 'react-dom/client'
import { App } from '../../renderer/app/app.tsx'
import { openTab } from '../../renderer/app/open-tab.ts'
import { createAppStores } from '../../renderer/stores/app-stores.ts'
import { createFixtureBridge } from '../fakes/fixture-bridge.ts'
import { UI_STATES } from '../fakes/ui-states.ts'

const root = document.getElementById('root')
const state = UI_STATES[new URLSearchParams(location.search).get('state') ?? 'desktops']
if (root && state)
  createRoot(root).render(<App stores={createAppStores(createFixtureBridge(state))} openTab={openTab} />)
