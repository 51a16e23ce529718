import { NativeConnection } from '@temporalio/worker'
import { startService } from './service.ts'

// The plugin reads the other settings of matteflow by itself, DATABASE_URL and REMOVEBGVIDEO_API_KEY among them.
const { TEMPORAL_ADDRESS: address = '127.0.0.1:7233', STORAGE_URL = '', PORT = '3000' } = process.env
const connection = await NativeConnection.connect({ address })
const service = await startService(connection, { STORAGE_URL }, Number(PORT))
console.log(service.url)
await service.ended
await service.close()
await connection.close()
