/**
 * Loaded before the program (`node --import`): its wall clock is ahead of the real one by the ms that
 * stand in the file `TEST_CLOCK_FILE`, in every thread; the monotonic clock is as it is.
 */
import { readFileSync } from 'node:fs'

const file = process.env['TEST_CLOCK_FILE'] ?? ''
const realNow = Date.now

Date.now = () => realNow() + Number(readFileSync(file, 'utf8'))
