package dev.sternpost.server;

import dev.sternpost.server.api.Scrape;
import dev.sternpost.server.statistics.Statistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the server counts, for Prometheus. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {
    @Bean
    PrometheusMeterRegistry meterRegistry(Statistics statistics) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        bind(statistics, registry);
        return registry;
    }

    private static void bind(Statistics statistics, MeterRegistry registry) {
        Gauge.builder("sternpost.statistics.objects", statistics, Statistics::seriesCount)
                .description("Hosts and VMs of which something was measured in the last hour")
                .register(registry);
        Gauge.builder("sternpost.statistics.size", statistics, Statistics::sizeBytes)
                .baseUnit("bytes")
                .description("What the samples of the last hour take")
                .register(registry);
        FunctionCounter.builder("sternpost.statistics.samples", statistics, Statistics::storedCount)
                .description("Samples of hosts and VMs taken")
                .register(registry);
    }

    /** A bean of its own, since it has to be closed. */
    @Bean
    JvmGcMetrics gcMetrics(PrometheusMeterRegistry registry) {
        JvmGcMetrics metrics = new JvmGcMetrics();
        metrics.bindTo(registry);
        return metrics;
    }

    @Bean
    Scrape scrape(PrometheusMeterRegistry registry) {
        return registry::scrape;
    }
}
