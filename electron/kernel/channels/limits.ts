/** Every bound of the channel server in one place. Defaults are generous for one streamer and fatal for nobody. */

export interface ChannelLimits {
  /** Largest incoming frame, bytes; a larger one closes the socket with 1009. */
  maxFrameBytes: number
  /** Open sockets; more are refused with 503. */
  maxSockets: number
  /** Of those, sockets without a valid token, so that strangers never take the places of our own. */
  maxStrangers: number
  /** Largest incoming frame of a stranger, who has nothing to say but that it would like to join. */
  maxStrangerFrameBytes: number
  /** Topics that one socket may have joined. */
  maxTopicsPerSocket: number
  /** Join parameters of a guest of a presence topic, which its owner keeps, as JSON characters. */
  maxGuestParams: number
  /** Commands and questions of one socket that may wait for their answers. */
  maxPendingRequests: number
  /** Incoming messages of one socket: sustained rate, and how many may come at once. */
  messagesPerSecond: number
  messageBurst: number
  /** Bytes waiting for one client after which state turns stale and news is dropped for it. */
  softBufferBytes: number
  /** Bytes waiting for one client after which it is closed with 1013. */
  hardBufferBytes: number
  /** With nothing heard for this long the client is pinged, ms. */
  pingAfterMs: number
  /** With nothing heard for this long, pongs included, the client is gone, ms. */
  idleMs: number
  /** Patches of one state kept for clients that come back. */
  maxPatches: number
  maxPatchBytes: number
  /** News replayed to one client that comes back, and how far back it is looked for. */
  maxReplay: number
  maxReplayBytes: number
  maxReplayScan: number
  /** For a question to a topic to be answered, ms. */
  questionDeadlineMs: number
}

const MIB = 1024 * 1024

export const DEFAULT_CHANNEL_LIMITS: ChannelLimits = {
  maxFrameBytes: MIB,
  maxSockets: 2500,
  maxStrangers: 100,
  maxStrangerFrameBytes: 16 * 1024,
  maxTopicsPerSocket: 100,
  maxGuestParams: 4096,
  maxPendingRequests: 64,
  messagesPerSecond: 1000,
  messageBurst: 2000,
  softBufferBytes: MIB,
  hardBufferBytes: 8 * MIB,
  pingAfterMs: 30_000,
  idleMs: 90_000,
  maxPatches: 256,
  maxPatchBytes: MIB,
  maxReplay: 1000,
  maxReplayBytes: 4 * MIB,
  maxReplayScan: 10_000,
  questionDeadlineMs: 15_000,
}
