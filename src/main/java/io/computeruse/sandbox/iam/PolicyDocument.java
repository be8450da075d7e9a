package io.computeruse.sandbox.iam;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.computeruse.sandbox.config.AwsLocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds IAM policy documents as JSON. Pure: the same statements give the same text, so that no run finds a difference. */
public final class PolicyDocument {
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private PolicyDocument() {}

    public static String of(List<Map<String, Object>> statements) {
        var document = new LinkedHashMap<String, Object>();
        document.put("Version", "2012-10-17");
        document.put("Statement", statements);
        return JSON.toJson(document);
    }

    /** A statement of an identity policy. */
    public static Map<String, Object> allow(
            String sid, List<String> actions, List<String> resources, Map<String, Object> condition) {
        var statement = allow(sid, actions, condition);
        statement.put("Resource", resources);
        return statement;
    }

    /** A statement of a trust policy: the role is the resource, so none is named. */
    static Map<String, Object> trust(ServicePrincipal service, AwsLocation aws, Map<String, Object> condition) {
        var statement = allow("Assume", List.of("sts:AssumeRole"), condition);
        statement.put("Principal", Map.of("Service", service.in(aws)));
        return statement;
    }

    private static Map<String, Object> allow(String sid, List<String> actions, Map<String, Object> condition) {
        var statement = new LinkedHashMap<String, Object>();
        statement.put("Sid", sid);
        statement.put("Effect", "Allow");
        statement.put("Action", actions);
        if (!condition.isEmpty()) {
            statement.put("Condition", condition);
        }
        return statement;
    }
}
