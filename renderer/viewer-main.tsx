// The viewer's entry: one desktop in one window. Its address names the session (`?session=`), and for troubleshooting the only
// ways that may be used (`&paths=node,relay,tunnel,direct`), the transport (`&mode=websocket`) and the language (`&language=de`).
import { CSPProvider } from '@base-ui/react/csp-provider'
import { createRoot } from 'react-dom/client'
import '@fontsource-variable/inter/opsz.css'
import '@fontsource-variable/geist-mono'
import './ui/tokens.css'
import { createBridge } from './bridge/index.ts'
import { rememberLanguage, speakLanguage } from './ui/languages.ts'
import { ViewerPage } from './features/viewer/ui/viewer-page.tsx'

const query = new URLSearchParams(location.search)
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')

const bridge = createBridge()
bridge.subscribe('settings', ({ theme, language }) => {
  rememberLanguage(language)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
})
await speakLanguage(query)
createRoot(root).render(
  <CSPProvider disableStyleElements>
    <ViewerPage bridge={bridge} sessionId={query.get('session') ?? ''} query={query} />
  </CSPProvider>,
)
