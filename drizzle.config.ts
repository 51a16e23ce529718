import { defineConfig } from 'drizzle-kit'

// drizzle-kit asks for a default export.
export default defineConfig({
  dialect: 'postgresql',
  schema: './ledger/schema.ts',
  out: './ledger/migrations',
})
