// Certificates in the shell: a bad one is never accepted, and none of the person's own is ever shown to a server. The pages speak to
// loopback and their own scheme alone; clusters are reached by the core, with the kubeconfig's own trust.
import type { App as ElectronApp } from 'electron'

/** Makes both decisions explicit: left alone, Electron would offer the first client certificate that it finds. */
export function refuseCertificates(app: Pick<ElectronApp, 'on'>): void {
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, callback) => {
    event.preventDefault()
    callback(false)
  })
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => {
    event.preventDefault()
    callback()
  })
}
