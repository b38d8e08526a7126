// The desktop proxy alone in a process of its own, as the tunnel bench's child: kubectl is a process of its own, too,
// and the memory that counts is the proxy's. Says `{base}` once; answers `rss` with `{rssMB}`.
import { KubeConfig } from '@kubernetes/client-node'
import { dialPodPort } from '../../kube/port-forward.ts'
import { createDesktopProxy } from '../../main/desktop-proxy/desktop-proxy.ts'
import { UI_ORIGIN } from '../../shared/product.ts'

const [kubeconfig = '', namespace = '', pod = '', port = ''] = process.argv.slice(2)
const config = new KubeConfig()
config.loadFromFile(kubeconfig)

const proxy = await createDesktopProxy({ serve: 'loopback', uiOrigin: UI_ORIGIN })
const door = await proxy.open(
  {
    sessionId: 'bench/tunnel/pod',
    dialHttp: (signal) => dialPodPort(config, namespace, pod, Number(port), signal),
    iceServers: [],
    generation: 'selkies2',
    transport: 'webrtc',
  },
  'bench',
)
process.on('message', () => process.send?.({ rssMB: process.memoryUsage.rss() / 2 ** 20 }))
process.once('disconnect', () => void proxy.dispose())
process.send?.({ base: door.base })
