# The worker, and with another command the sandbox. Built from the lock file; nothing is fetched at run time.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY bin bin
COPY scripts scripts
RUN node scripts/setup.mjs packages
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
# The certificates are for Temporal's native core, which does not use Node's own.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/bin bin
COPY --from=build /app/scripts scripts
# A volume mounted here takes over the owner.
RUN mkdir -p /var/lib/matteflow && chown node:node /var/lib/matteflow
ENV NODE_ENV=production MATTEFLOW_HOME=/var/lib/matteflow
USER node
ENTRYPOINT ["node", "bin/matteflow.js"]
CMD ["worker"]
