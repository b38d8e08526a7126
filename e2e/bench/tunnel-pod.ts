// The pod that the tunnel bench measures against: a small keep-alive HTTP server in the desktop image, reached only by port-forward.
// It is not the desktop itself, so that what is measured is the way and not Selkies.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const POD_NAME = 'bench-tunnel'
export const POD_PORT = 8080

/** Answers `/api/status` with JSON, and `/api/files/<n>` with n bytes. Python, for that is what the image has. */
const SERVER = `
import http.server, socketserver
BLOCK = bytes(1 << 20)
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    def log_message(self, *args): pass
    def do_GET(self):
        if self.path == '/api/status':
            body = b'{"current_mode":"webrtc","available_modes":["webrtc"]}'
            self.answer(len(body), body)
        else:
            left = int(self.path.rsplit('/', 1)[1])
            self.answer(left, b'')
            while left > 0:
                left -= self.connection.send(memoryview(BLOCK)[:left] if left < len(BLOCK) else BLOCK)
    def answer(self, length, body):
        head = 'HTTP/1.1 200 OK\\r\\nContent-Type: application/octet-stream\\r\\nContent-Length: %d\\r\\n\\r\\n' % length
        self.connection.sendall(head.encode() + body)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
Server(('127.0.0.1', ${POD_PORT}), Handler).serve_forever()
`

export interface BenchCluster {
  readonly kubectlPath: string
  /** Of someone who may run pods and forward their ports in the namespace. */
  readonly kubeconfig: string
  readonly namespace: string
  /** An image with python3 that is on the node. */
  readonly image: string
}

/**
 * Applies the pod and waits until its container runs.
 * @returns deletes it
 * @throws what kubectl said
 */
export async function startPod(cluster: BenchCluster): Promise<() => Promise<void>> {
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    await run(cluster.kubectlPath, ['--kubeconfig', cluster.kubeconfig, '--namespace', cluster.namespace, ...args])
  }
  const remove = async (): Promise<void> => {
    await kubectl('delete', 'pod', POD_NAME, '--ignore-not-found', '--grace-period=0', '--force')
  }
  await remove()
  const overrides = {
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'server',
          image: cluster.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['python3', '-c', SERVER],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  }
  const flags = ['--image', cluster.image, '--restart=Never', '--overrides', JSON.stringify(overrides)]
  await kubectl('run', POD_NAME, ...flags)
  await kubectl('wait', '--for=condition=Ready', `pod/${POD_NAME}`, '--timeout=120s')
  return remove
}
