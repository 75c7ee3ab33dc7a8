/** Numbers and times in the words the dashboard uses. Pure; all durations in ms. */

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** `1:02:03`, `2:03`; never negative. */
export function clockDuration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / SECOND_MS)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** `12 s`, `3 min`, `2 h`, `4 d`. */
export function shortDuration(ms: number): string {
  const positive = Math.max(0, ms)
  if (positive < MINUTE_MS) return `${Math.round(positive / SECOND_MS)} s`
  if (positive < HOUR_MS) return `${Math.round(positive / MINUTE_MS)} min`
  if (positive < 48 * HOUR_MS) return `${Math.round(positive / HOUR_MS)} h`
  return `${Math.round(positive / (24 * HOUR_MS))} d`
}

/** Local time of day, `21:04:33`. */
export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

/** Day and time for what is not of today: `3 Nov, 21:04`. */
export function dayAndTime(at: number): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
  return new Date(at).toLocaleString('en-GB', options)
}

/** `0 %`, `0.4 %`, `12 %`: one decimal below ten, so that a first dropped frame shows. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '0 %'
  const value = (100 * part) / whole
  if (value === 0) return '0 %'
  if (value < 0.1) return '< 0.1 %'
  return value < 10 ? `${value.toFixed(1)} %` : `${Math.round(value)} %`
}

/** `1,234`. */
export function count(value: number): string {
  return value.toLocaleString('en-GB')
}

/** `1 event`, `2 events`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `−6.0 dB`; OBS's floor reads as silence. */
export function decibels(volumeDb: number): string {
  if (volumeDb <= -100) return '−∞ dB'
  return `${volumeDb < 0 ? '−' : ''}${Math.abs(volumeDb).toFixed(1)} dB`
}

/** Disk space: `512 MB`, `103 GB`. */
export function megabytes(value: number): string {
  return value >= 1024 ? `${Math.round(value / 1024)} GB` : `${Math.round(value)} MB`
}

const GIBIBYTE = 1024 ** 3

/** Memory and disks: `812 MB`, `8.1 GB`, `32 GB`, `1.8 TB`. */
export function bytes(value: number): string {
  if (value < GIBIBYTE * 0.9995) return `${Math.round(value / 1024 ** 2)} MB`
  const [scaled, unit] = value < 1000 * GIBIBYTE ? [value / GIBIBYTE, 'GB'] : [value / GIBIBYTE / 1024, 'TB']
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)} ${unit}`
}

/** What goes over a wire, in decimal units: `0 B/s`, `640 B/s`, `34 kB/s`, `1.2 MB/s`, `90 MB/s`. */
export function byteRate(bytesPerSecond: number): string {
  if (bytesPerSecond < 1000) return `${Math.round(bytesPerSecond)} B/s`
  if (bytesPerSecond < 999_500) return `${Math.round(bytesPerSecond / 1000)} kB/s`
  const megabytes = bytesPerSecond / 1e6
  return `${megabytes < 9.95 ? megabytes.toFixed(1) : Math.round(megabytes)} MB/s`
}
