// A client that counts what it asks: the bench and the metrics answer what a session costs the API server from it.
import type { KubeClient } from '../kube/types.ts'

/** @param onRequest told of each request before it is made; a list of several pages is one */
export function createCountingClient(client: KubeClient, onRequest: (verb: string) => void): KubeClient {
  const counted = <A extends unknown[], R>(verb: string, call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      onRequest(verb)
      return call(...args)
    }
  }
  return {
    server: client.server,
    get: counted('get', client.get),
    list: counted('list', client.list),
    create: counted('create', client.create),
    apply: counted('apply', client.apply),
    replace: counted('replace', client.replace),
    patch: counted('patch', client.patch),
    delete: counted('delete', client.delete),
    raw: counted('get', client.raw),
    log: counted('get', client.log),
    canI: counted('review', client.canI),
    whoAmI: counted('review', client.whoAmI),
    dialPod: counted('portforward', client.dialPod),
    watch: counted('watch', client.watch),
    knock: client.knock,
    close: () => client.close(),
  }
}
