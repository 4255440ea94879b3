export * from '../../src/testing/client.ts'
