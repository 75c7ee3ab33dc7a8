/** What our own layers are drawn for; a layer of another size shows the whole of it, scaled. */
export const CANVAS_SIZE = { width: 1920, height: 1080 } as const
