/** What keeps the hub from starting, worded for the user: a stack would only bury it. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
