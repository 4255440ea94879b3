import { text } from 'node:stream/consumers'
import { describeModels } from './describe-models.ts'

// model-description.ts runs this file in a separate process. It reads a composed schema from its input, and prints the
// description of the models.

process.stdout.write(describeModels(await text(process.stdin)))
