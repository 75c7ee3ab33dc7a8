/** What Vite makes of such an import: a worker whose code is part of the page's. */
declare module '*?worker&inline' {
  const InlineWorker: new () => Worker
  // biome-ignore lint/style/noDefaultExport: it is what Vite gives
  export default InlineWorker
}
