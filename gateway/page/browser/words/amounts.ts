const CREDITS = new Intl.NumberFormat('en', { maximumFractionDigits: 3 })
const BYTES = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** `1 credit`, `2.25 credits`. */
export function credits(amount: number): string {
  return `${CREDITS.format(amount)} ${amount === 1 ? 'credit' : 'credits'}`
}

/** `812 kB`, `1.2 GB`. */
export function bytes(amount: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const power = Math.min(units.length - 1, amount < 1 ? 0 : Math.floor(Math.log10(amount) / 3))
  return `${BYTES.format(amount / 1000 ** power)} ${units[power]}`
}

/** A video's length: `3.2 s`, `1:04`. */
export function videoLength(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** How long something will take, as nobody knows it better: `about 20 s`, `about 4 min`. */
export function roughTime(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s`
  return `about ${Math.round(seconds / 60)} min`
}

/** A moment as people say it: `14:05` today, else `12 Nov, 14:05`. */
export function moment(iso: string): string {
  const at = new Date(iso)
  const isToday = at.toDateString() === new Date().toDateString()
  return at.toLocaleString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(!isToday && { day: 'numeric', month: 'short' }),
  })
}

/** `43 %`. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}
