/** The media type of a Content-Type header, without parameters and in lower case; '' where there is none. */
export function mediaTypeOf(contentType = ''): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
