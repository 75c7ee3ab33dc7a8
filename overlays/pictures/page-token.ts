/** The token in this page's own address: pictures are asked for with it. */
export const pageToken = new URLSearchParams(location.search).get('token') ?? ''
