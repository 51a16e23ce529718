import { defineConfig } from 'drizzle-kit'

// drizzle-kit asks for a default export.
export default defineConfig({
  dialect: 'postgresql',
  schema: ['./adapters/ledger/schema.ts', './adapters/ledger/webhook-schema.ts'],
  out: './adapters/ledger/migrations',
})
