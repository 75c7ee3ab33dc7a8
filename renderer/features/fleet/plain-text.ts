/** What a process printed, as letters alone: colours and cursor moves of a terminal are taken out. Pure. */

// CSI (also its 8-bit form), OSC and other strings to their end, two-letter escapes, and what is left of control letters.
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** A line that was written over, as a bar of progress is, reads as what stood there last. */
export function plainText(text: string): string {
  if (text.search(/[^\t -~\u00a0-\uffff]/) < 0) return text
  const drawn = text.split('\r').findLast((part) => part.trim() !== '') ?? ''
  return drawn.replace(ESCAPES, '')
}
