/** A log nobody reads. */
const nothing = () => {}

export const silentLog = { info: nothing, warn: nothing, error: nothing }
