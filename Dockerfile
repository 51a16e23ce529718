# The worker, and with another command the gateway or the sandbox. Built from the lock file; nothing is fetched at run time.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY cli/*.js cli/
COPY scripts scripts
RUN node scripts/setup.mjs packages
COPY . .
RUN npm run build \
  && npm sbom --package-lock-only --sbom-format cyclonedx | node scripts/shipped-parts.mjs >sbom.cdx.json \
  && npm prune --omit=dev --no-audit --no-fund \
  && node scripts/trim-packages.mjs node_modules

FROM node:24-slim
# The certificates are for Temporal's native core, which does not use Node's own. ffmpeg draws in graphics drivers and
# their compiler, which nothing here ever loads.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg \
  && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man \
  && find / -xdev \( -name 'libLLVM*' -o -path '*/dri/*_dri.so' -o -name 'libgallium*' -o -name 'libz3.so*' \) -delete \
  && ffmpeg -v error -f lavfi -i color -frames:v 1 -c:v libvpx-vp9 -f null -
WORKDIR /app
COPY --from=build /app/package.json /app/sbom.cdx.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/cli/*.js cli/
COPY --from=build /app/scripts/tools.mjs /app/scripts/tools.mjs
COPY --from=build /app/scripts/tools scripts/tools
# A volume mounted on one of these takes over its owner.
RUN ln -s /app/cli/matteflow.js /usr/local/bin/matteflow \
  && mkdir -p /var/lib/matteflow /var/lib/matteflow-storage \
  && chown 1000:1000 /var/lib/matteflow /var/lib/matteflow-storage
LABEL org.opencontainers.image.title="matteflow" \
  org.opencontainers.image.description="Durable video background removal on Temporal: worker, gateway and sandbox" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.base.name="docker.io/library/node:24-slim"
ENV NODE_ENV=production MATTEFLOW_HOME=/var/lib/matteflow
# A number, since Kubernetes cannot verify that a name is not root's.
USER 1000:1000
ENTRYPOINT ["matteflow"]
CMD ["worker"]
