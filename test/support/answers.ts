export * from '../../src/testing/answers.ts'
