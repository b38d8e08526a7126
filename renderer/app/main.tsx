// Entry of the main window: one bridge, one set of stores, one root.
import '@fontsource-variable/inter/opsz.css'
import '@fontsource-variable/geist-mono'
import '../ui/tokens.css'
import '../ui/base.css'
import { createRoot } from 'react-dom/client'
import { createBridge } from '../bridge/index.ts'
import { createAppStores } from '../stores/app-stores.ts'
import { ELECTRON_API } from '../../shared/ipc/bridge.ts'
import { App } from './app.tsx'
import { openTab } from './open-tab.ts'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <App stores={createAppStores(createBridge())} openTab={ELECTRON_API in window ? undefined : openTab} />,
)
