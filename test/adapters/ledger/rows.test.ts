import { expectTypeOf, it } from 'vitest'
import type {
  NewRemovalRecord,
  NewVendorJobRecord,
  ParkRow,
  RemovalRecord,
  VendorJobRecord,
} from '../../../adapters/ledger/rows.ts'
import type { parks, removals, vendorJobs } from '../../../adapters/ledger/schema.ts'

it('has rows that are the columns of its tables, in types that do not show the database', () => {
  expectTypeOf<RemovalRecord>().toEqualTypeOf<typeof removals.$inferSelect>()
  expectTypeOf<NewRemovalRecord>().toExtend<typeof removals.$inferInsert>()
  expectTypeOf<typeof removals.$inferInsert>().toExtend<NewRemovalRecord>()
  expectTypeOf<VendorJobRecord>().toEqualTypeOf<typeof vendorJobs.$inferSelect>()
  expectTypeOf<NewVendorJobRecord>().toExtend<typeof vendorJobs.$inferInsert>()
  expectTypeOf<typeof vendorJobs.$inferInsert>().toExtend<NewVendorJobRecord>()
  expectTypeOf<ParkRow>().toEqualTypeOf<typeof parks.$inferSelect>()
})
