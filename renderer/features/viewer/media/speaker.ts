// Which device plays: an audio element and an AudioContext take it in the same way, where the browser lets pages choose at all.
// Policy: what cannot be used is left alone; the system's own choice goes on playing.

/** What plays. Browsers without a choice have no `setSinkId`. */
interface Player {
  setSinkId?(id: string): Promise<void>
  readonly sinkId?: unknown
}

/** Whether pages may choose the device that plays. */
export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype
}

/** @param deviceId of `enumerateDevices`; empty is the system's choice */
export function playOn(player: object, deviceId: string): void {
  const { setSinkId, sinkId } = player as Player
  if (setSinkId === undefined || (sinkId ?? '') === deviceId) return
  setSinkId.call(player, deviceId).catch(() => {
    // the device went away meanwhile: the list of devices is told anew, and with it another choice
  })
}
