// The page of the hidden window that runs a demo desktop in the app: `demo.html?attach=<url>`. Nothing of it is ever shown.
import '@fontsource-variable/inter/opsz.css'
import '@fontsource-variable/geist-mono'
import { attachDemoDesktop } from './demo-desktop/index.ts'

const attach = new URLSearchParams(location.search).get('attach')
if (attach !== null) attachDemoDesktop(attach)
