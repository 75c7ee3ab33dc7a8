/** Waits for the page's own fonts, but not for long: what has to be on screen now comes in the fall-back face. */

/** Local fonts are there sooner. */
const FONTS_DEADLINE_MS = 300

/** All of them, the Cyrillic and Vietnamese parts too: a name must not change its face while it is on screen. */
export async function loadFonts(): Promise<void> {
  const loading = Promise.allSettled([...document.fonts].map((face) => face.load()))
  await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, FONTS_DEADLINE_MS))])
}
