/** Stylesheets are imported for their effect; vite bundles them. */
declare module '*.css'
declare module '@fontsource-variable/inter/wght.css'

/** What Vite makes of such an import: the file's text. */
declare module '*.svg?raw' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: it is what Vite gives
  export default text
}
