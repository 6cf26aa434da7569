import { fileURLToPath } from 'node:url'

/**
 * The checkout, as an absolute path without a trailing slash. Files that are not compiled (protos,
 * golden bytes, documents) are found from here; this file runs as `dist/test/project-root.js`.
 */
export const projectRoot: string = fileURLToPath(new URL('../..', import.meta.url)).replace(
  /[/\\]$/,
  '',
)
