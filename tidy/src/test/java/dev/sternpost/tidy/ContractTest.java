package dev.sternpost.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.tidy.Contract.Call;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ContractTest {
    private static final Pattern FAULTS = Pattern.compile("Faults: ([A-Z0-9_,\\s]+)\\.");

    private final List<Call> published =
            Contract.calls().stream().filter(Call::forThePublic).toList();

    @Test
    void every_public_call_is_explained() {
        assertThat(published)
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.comment())
                        .as(call.fullName())
                        .hasSizeGreaterThan(15)
                        .endsWith("."));
    }

    @Test
    void every_public_call_that_answers_once_has_a_json_route_under_the_api_path() {
        assertThat(published.stream().filter(call -> !call.streaming()))
                .isNotEmpty()
                .allSatisfy(call ->
                        assertThat(call.route()).as(call.fullName()).matches("(GET|POST|PUT|PATCH|DELETE) /api/v1/.+"));
    }

    @Test
    void no_two_calls_share_a_json_route() {
        List<String> routes = published.stream()
                .map(Call::route)
                .filter(route -> !route.isEmpty())
                .map(route -> route.replaceAll("\\{[^}]*}", "{}"))
                .toList();
        assertThat(routes).doesNotHaveDuplicates();
    }

    @Test
    void comments_promise_only_faults_that_exist() {
        Set<String> promised = new TreeSet<>();
        for (Call call : published) {
            Matcher faults = FAULTS.matcher(call.comment());
            while (faults.find()) {
                promised.addAll(List.of(faults.group(1).strip().split("[,\\s]+")));
            }
        }
        Set<String> existing = Catalogue.constantsOf("dev.sternpost.inventory.fault.FaultCode").stream()
                .map(Enum::name)
                .collect(Collectors.toSet());
        assertThat(existing).isNotEmpty().containsAll(promised);
        assertThat(promised).isNotEmpty();
    }
}
