/** postject brings no types of its own. */
declare module 'postject' {
  export function inject(
    program: string,
    resource: string,
    content: Buffer,
    options: { sentinelFuse: string; machoSegmentName?: string },
  ): Promise<void>
}
